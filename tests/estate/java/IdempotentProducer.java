/** `topic…`: one producer with a producer id (Kafka's default). */
final class IdempotentProducer implements Program {
    @Override
    public void run(Context context) throws Exception {
        Writing.loop(context, context.writing("enable.idempotence", "true"), "signs");
    }
}

/** `topic…`: one producer without a producer id. */
final class PlainProducer implements Program {
    @Override
    public void run(Context context) throws Exception {
        Writing.loop(context, context.writing("enable.idempotence", "false"), "unsigned");
    }
}

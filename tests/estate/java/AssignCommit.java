import org.apache.kafka.clients.consumer.KafkaConsumer;

/** `group topic`: takes its partitions by itself and commits; the group never has a member. */
final class AssignCommit implements Program {
    @Override
    public void run(Context context) throws Exception {
        String group = context.argument(0);
        try (var consumer = new KafkaConsumer<String, String>(context.reading("group.id", group))) {
            consumer.assign(AssignSilent.partitions(consumer, context.argument(1)));
            Reading.loop(context, consumer, group, 1);
        }
    }
}

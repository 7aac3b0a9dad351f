import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.SubscriptionPattern;

/** `group pattern matches`: subscribes by a pattern that the broker evaluates; ready when `matches` topics were read. */
final class Kip848Pattern implements Program {
    @Override
    public void run(Context context) throws Exception {
        String group = context.argument(0);
        try (var consumer =
                new KafkaConsumer<String, String>(context.reading("group.id", group, "group.protocol", "consumer"))) {
            consumer.subscribe(new SubscriptionPattern(context.argument(1)));
            Reading.loop(context, consumer, group, Integer.parseInt(context.argument(2)));
        }
    }
}

import java.util.List;
import org.apache.kafka.clients.consumer.KafkaConsumer;

/** `group topic…`: subscribes and commits, by the protocol of KIP-848. */
final class Kip848Group implements Program {
    @Override
    public void run(Context context) throws Exception {
        String group = context.argument(0);
        List<String> topics = List.of(context.arguments()).subList(1, context.arguments().length);
        try (var consumer =
                new KafkaConsumer<String, String>(context.reading("group.id", group, "group.protocol", "consumer"))) {
            consumer.subscribe(topics);
            Reading.loop(context, consumer, group, topics.size());
        }
    }
}

import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/** `topic`: takes its partitions by itself, in no group, and commits nothing. */
final class AssignSilent implements Program {
    @Override
    public void run(Context context) throws Exception {
        String topic = context.argument(0);
        try (var consumer = new KafkaConsumer<String, String>(context.reading())) {
            consumer.assign(partitions(consumer, topic));
            while (context.running()) {
                if (!consumer.poll(Duration.ofMillis(100)).isEmpty()) {
                    context.tell("silent", topic);
                    context.tell("ready");
                }
            }
        }
    }

    static List<TopicPartition> partitions(Consumer<String, String> consumer, String topic) {
        return consumer.partitionsFor(topic).stream()
                .map(info -> new TopicPartition(topic, info.partition()))
                .toList();
    }
}

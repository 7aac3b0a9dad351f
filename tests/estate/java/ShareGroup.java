import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;

/** `group topic`: a member of a share group (KIP-932) that acknowledges what it was given. */
final class ShareGroup implements Program {
    @Override
    public void run(Context context) throws Exception {
        String group = context.argument(0);
        var properties = context.reading("group.id", group);
        properties.remove("auto.offset.reset"); // a share group's start is the group's own setting
        properties.remove("enable.auto.commit");
        try (var consumer = new KafkaShareConsumer<String, String>(properties)) {
            consumer.subscribe(List.of(context.argument(1)));
            while (context.running()) {
                ConsumerRecords<String, String> records = consumer.poll(Duration.ofMillis(100));
                consumer.commitSync();
                for (ConsumerRecord<String, String> record : records) {
                    context.consumed(record.topic(), group);
                    context.tell("ready");
                }
            }
        }
    }
}

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;

/** Poll, commit, say which topics were read; ready when `topics` different ones were. */
final class Reading {
    private Reading() {}

    static void loop(Context context, Consumer<String, String> consumer, String group, int topics) throws Exception {
        Set<String> committed = new HashSet<>();
        while (context.running()) {
            turn(context, consumer, group, committed);
            if (committed.size() >= topics) {
                context.tell("ready");
                context.rest(100);
            }
        }
    }

    /** One poll and, where it brought anything, one commit. */
    static void turn(Context context, Consumer<String, String> consumer, String group, Set<String> committed) {
        ConsumerRecords<String, String> records = consumer.poll(Duration.ofMillis(100));
        if (records.isEmpty()) {
            return;
        }
        consumer.commitSync();
        for (ConsumerRecord<String, String> record : records) {
            committed.add(record.topic());
            context.consumed(record.topic(), group);
        }
    }
}

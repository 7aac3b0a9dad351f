import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.HashMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * `group source output rehearsal`: read, transform, produce, offsets in the transaction. Every third transaction is
 * aborted, and only those write to `rehearsal`.
 */
final class TransactionalLoop implements Program {
    @Override
    public void run(Context context) throws Exception {
        String group = context.argument(0), source = context.argument(1);
        String output = context.argument(2), rehearsal = context.argument(3);
        int committed = 0, aborted = 0;
        try (var consumer = new KafkaConsumer<String, String>(context.reading("group.id", group));
                var producer =
                        new KafkaProducer<String, String>(context.writing("transactional.id", group + "-writer"))) {
            producer.initTransactions();
            consumer.subscribe(List.of(source));
            while (context.running()) {
                ConsumerRecords<String, String> records = consumer.poll(Duration.ofMillis(100));
                if (records.isEmpty()) {
                    continue;
                }
                boolean aborts = (committed + aborted) % 3 == 2;
                producer.beginTransaction();
                Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
                for (ConsumerRecord<String, String> record : records) {
                    producer.send(new ProducerRecord<>(output, record.key(), record.value()));
                    if (aborts) {
                        producer.send(new ProducerRecord<>(rehearsal, record.key(), record.value()));
                    }
                    offsets.put(
                            new TopicPartition(record.topic(), record.partition()),
                            new OffsetAndMetadata(record.offset() + 1));
                }
                producer.flush();
                producer.sendOffsetsToTransaction(offsets, consumer.groupMetadata());
                if (aborts) {
                    producer.abortTransaction();
                    aborted++;
                    context.tell("aborted", rehearsal);
                } else {
                    producer.commitTransaction();
                    committed++;
                    context.consumed(source, group);
                    context.produced(group, output);
                }
                if (aborted >= 2) {
                    context.tell("ready");
                }
                context.rest(200);
            }
        }
    }
}

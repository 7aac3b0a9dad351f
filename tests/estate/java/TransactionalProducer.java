import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/** `topic cancelled`: transactions without offsets; the first topic in those committed, the second in those aborted. */
final class TransactionalProducer implements Program {
    @Override
    public void run(Context context) throws Exception {
        String topic = context.argument(0), cancelled = context.argument(1);
        try (var producer =
                new KafkaProducer<String, String>(context.writing("transactional.id", context.name() + "-" + topic))) {
            producer.initTransactions();
            while (context.running()) {
                producer.beginTransaction();
                producer.send(new ProducerRecord<>(topic, "booked"));
                producer.commitTransaction();
                context.tell("signs", topic);
                producer.beginTransaction();
                producer.send(new ProducerRecord<>(cancelled, "cancelled"));
                producer.flush();
                producer.abortTransaction();
                context.tell("aborted", cancelled);
                context.tell("ready");
                context.rest(200);
            }
        }
    }
}

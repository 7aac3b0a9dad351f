import java.util.Properties;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Write a few records a second to each topic that the program's arguments name. */
final class Writing {
    private Writing() {}

    static void loop(Context context, Properties properties, String word) throws Exception {
        try (var producer = new KafkaProducer<String, String>(properties)) {
            for (int number = 0; context.running(); number++) {
                for (String topic : context.arguments()) {
                    producer.send(new ProducerRecord<>(topic, "gate-" + number % 7, "opened " + number)).get();
                    context.tell(word, topic);
                }
                context.tell("ready");
                context.rest(50);
            }
        }
    }
}

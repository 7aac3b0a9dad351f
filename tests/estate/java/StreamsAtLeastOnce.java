import org.apache.kafka.streams.kstream.KGroupedStream;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.KTable;

/** At least once: a count whose store Kafka Streams names, and a sink that only the producer id ties to the application. */
class StreamsAtLeastOnce extends StreamsApp {
    @Override
    KStream<String, String> topology(KStream<String, String> source) {
        return count(source.groupByKey()).toStream().mapValues(String::valueOf);
    }

    @Override
    String[] settings(Context context) {
        return new String[] {"processing.guarantee", "at_least_once"};
    }

    @Override
    void tellInternals(Context context, String application) {
        context.produced(application, application + "-" + store() + "-changelog");
    }

    KTable<String, Long> count(KGroupedStream<String, String> grouped) {
        return grouped.count();
    }

    /** What the count's store is called. */
    String store() {
        return "KSTREAM-AGGREGATE-STATE-STORE-0000000001";
    }
}

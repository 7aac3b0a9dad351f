import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Materialized;

/** At least once: a count with its changelog, and a sink that only the producer id ties to the application. */
final class StreamsAtLeastOnce extends StreamsApp {
    @Override
    KStream<String, String> topology(KStream<String, String> source) {
        return source.groupByKey().count(Materialized.as("counts")).toStream().mapValues(String::valueOf);
    }

    @Override
    String[] settings() {
        return new String[] {"processing.guarantee", "at_least_once"};
    }

    @Override
    void tellInternals(Context context, String application) {
        context.produced(application, application + "-counts-changelog");
    }
}

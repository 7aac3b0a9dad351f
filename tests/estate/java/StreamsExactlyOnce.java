import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Materialized;

/** Exactly once: another key, a repartition topic, a count with its changelog, a sink. */
final class StreamsExactlyOnce extends StreamsApp {
    @Override
    KStream<String, String> topology(KStream<String, String> source) {
        return source.selectKey((key, value) -> value.substring(value.length() - 1))
                .groupByKey(Grouped.as("by-gate"))
                .count(Materialized.as("counts"))
                .toStream()
                .mapValues(String::valueOf);
    }

    @Override
    String[] settings(Context context) {
        return new String[] {"processing.guarantee", "exactly_once_v2"};
    }

    @Override
    void tellInternals(Context context, String application) {
        context.consumed(application + "-by-gate-repartition", application);
        context.produced(application, application + "-by-gate-repartition");
        context.produced(application, application + "-counts-changelog");
    }
}

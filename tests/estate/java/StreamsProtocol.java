import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Materialized;

/** A streams group (KIP-1071): the broker knows the application's topology and makes its internal topics. */
final class StreamsProtocol extends StreamsApp {
    @Override
    KStream<String, String> topology(KStream<String, String> source) {
        return source.groupByKey().count(Materialized.as("counts")).toStream().mapValues(String::valueOf);
    }

    @Override
    String[] settings(Context context) {
        return new String[] {"group.protocol", "streams"};
    }

    @Override
    void tellInternals(Context context, String application) {
        context.produced(application, application + "-counts-changelog");
    }
}

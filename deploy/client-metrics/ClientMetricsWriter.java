package flowaudit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.*;
import java.util.*;
import java.util.concurrent.*;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.metrics.*;
import org.apache.kafka.server.authorizer.AuthorizableRequestContext;
import org.apache.kafka.server.telemetry.*;

/** Broker plugin: writes what clients push of their metrics (KIP-714) to a file, one JSON object a line. */
@SuppressWarnings("removal") // ClientTelemetryReceiver serves Kafka 3.7 to 4.x; its successor exists since 4.2 only.
public final class ClientMetricsWriter implements MetricsReporter, ClientTelemetry, ClientTelemetryReceiver {
    private static final String FILE = "flowaudit.client.metrics.file";

    // Pushes arrive on request handler threads, which must not wait for a disk: beyond 1,000 that wait, they are dropped.
    private final ExecutorService writer = new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS,
        new ArrayBlockingQueue<>(1_000), task -> daemon(task), new ThreadPoolExecutor.DiscardPolicy());
    private volatile Path file;

    @Override public void configure(Map<String, ?> configs) {
        if (!(configs.get(FILE) instanceof String path) || path.isBlank())
            throw new ConfigException(FILE, configs.get(FILE), "name the file to write to");
        file = Path.of(path);
    }

    @Override public ClientTelemetryReceiver clientReceiver() { return this; }

    @Override public void exportMetrics(AuthorizableRequestContext context, ClientTelemetryPayload payload) {
        ByteBuffer data = payload.data().duplicate();
        byte[] otlp = new byte[data.remaining()];
        data.get(otlp);
        String line = "{\"time_ms\":" + System.currentTimeMillis() + ",\"client_id\":" + quoted(context.clientId())
            + ",\"principal\":" + quoted(context.principal().toString())
            + ",\"otlp\":\"" + Base64.getEncoder().encodeToString(otlp) + "\"}\n";
        writer.execute(() -> append(line));
    }

    private void append(String line) { // Opened anew for each line, so that the file may be rotated under it.
        try {
            Files.writeString(file, line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException problem) {
            System.err.println("flowaudit.ClientMetricsWriter: cannot write: " + problem.getClass().getSimpleName());
        }
    }

    private static String quoted(String text) {
        StringBuilder json = new StringBuilder("\"");
        for (char c : (text == null ? "" : text).toCharArray())
            json.append(c < ' ' || c == '"' || c == '\\' || c > '~' ? String.format("\\u%04x", (int) c) : String.valueOf(c));
        return json.append('"').toString();
    }

    private static Thread daemon(Runnable task) {
        Thread thread = new Thread(task, "flowaudit-client-metrics");
        thread.setDaemon(true);
        return thread;
    }

    @Override public void close() { writer.shutdown(); }
    @Override public void init(List<KafkaMetric> metrics) { }
    @Override public void metricChange(KafkaMetric metric) { }
    @Override public void metricRemoval(KafkaMetric metric) { }
}

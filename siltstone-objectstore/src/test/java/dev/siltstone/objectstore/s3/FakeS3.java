package dev.siltstone.objectstore.s3;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.siltstone.io.Pause;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/// An S3 server in this process, for tests: its conditional puts are atomic, and it fails as it is told.
/// Signatures are not checked (S3Proxy does that). Speaks path style only.
///
/// ```java
/// try (FakeS3 s3 = FakeS3.start()) {
///     ObjectStore store = S3Store.open(s3.settings("replica/"), InstantSource.system(), new SplittableRandom(1));
///     s3.fail(FakeS3.random(seed, 0.1, Fault.values()));
/// ```
///
/// Thread-safe.
public final class FakeS3 implements AutoCloseable {
    public static final String BUCKET = "bucket";

    /// What goes wrong with a request.
    public enum Fault {
        /// 500, and nothing happened.
        ERROR,
        /// 500, but it happened.
        ERROR_AFTER_EFFECT,
        /// 200, but the body is an error, and nothing happened: S3 answers so when it found out late.
        ERROR_IN_SUCCESS,
        /// 503 `SlowDown`, and nothing happened.
        SLOW_DOWN,
        /// The connection breaks, and nothing happened.
        LOST_REQUEST,
        /// It happened, and the connection breaks before the answer.
        LOST_RESPONSE,
        /// Half of the answer's body comes, then the connection breaks. Only a GET has one that counts.
        TRUNCATED
    }

    /// A request, as far as a test may want to decide by it.
    ///
    /// @param operation for example `PutObject`
    /// @param key with the prefix; empty for requests to the bucket
    /// @param conditional whether it says `If-None-Match: *`
    public record Request(String operation, String key, boolean conditional) {
        @Override
        public String toString() {
            return operation + (conditional ? "-if-absent" : "");
        }
    }

    private static final Set<Fault> NOTHING_HAPPENS =
            EnumSet.of(Fault.ERROR, Fault.ERROR_IN_SUCCESS, Fault.SLOW_DOWN, Fault.LOST_REQUEST);

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final FakeBucket bucket;
    private final List<Request> requests = new ArrayList<>();
    private volatile Function<Request, Fault> faults = request -> null;
    private volatile Runnable latency = () -> {};

    private FakeS3(HttpServer server, InstantSource clock) {
        this.server = server;
        this.bucket = new FakeBucket(clock);
    }

    public static FakeS3 start() throws IOException {
        return start(InstantSource.system());
    }

    /// @param clock of the server, for times of objects
    public static FakeS3 start(InstantSource clock) throws IOException {
        HttpServer server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        FakeS3 fake = new FakeS3(server, clock);
        server.setExecutor(fake.threads);
        server.createContext("/", fake::answer);
        server.start();
        return fake;
    }

    /// Returns chance that decides of each request whether it fails, and how.
    public static Function<Request, Fault> random(long seed, double probability, Fault... faults) {
        RandomGenerator random = new SplittableRandom(seed);
        return request -> {
            synchronized (random) {
                return random.nextDouble() < probability
                        ? faults[random.nextInt(faults.length)]
                        : null;
            }
        };
    }

    public URI uri() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /// Returns settings for a store below a prefix of the one bucket.
    public S3Settings settings(String prefix) {
        return S3Settings.of(BUCKET, prefix)
                .withEndpoint(uri())
                .withCredentials(new S3Credentials("fake", "secret"))
                .withTimeout(Duration.ofSeconds(20));
    }

    /// Has each request fail as the function says, or not where it gives null, from now on.
    public void fail(Function<Request, Fault> faults) {
        this.faults = faults;
    }

    /// Lets the next request of an operation fail; then none.
    public void failNext(String operation, Fault fault) {
        failNext(operation, 1, fault);
    }

    /// Lets the next requests of an operation fail; then none.
    public void failNext(String operation, int times, Fault fault) {
        int[] left = {times};
        fail(request -> {
            synchronized (left) {
                return request.operation.equals(operation) && left[0]-- > 0 ? fault : null;
            }
        });
    }

    /// Lets requests take longer.
    public void delay(Pause pause, Duration each) {
        latency =
                () -> {
                    try {
                        pause.pause(each);
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                };
    }

    /// Runs something in the thread of each request before it is looked at; it may wait.
    public void before(Runnable each) {
        latency = each;
    }

    /// Has conditions ignored, as some stores do.
    public void ignoreConditions() {
        bucket.ignoreConditions();
    }

    /// Sets how many objects a page of a listing has, and how many parts.
    public void pageSize(int entries) {
        bucket.pageSize(entries);
    }

    /// Returns the requests up to now, in the order of their arrival, also the failed ones.
    public List<Request> requests() {
        synchronized (requests) {
            return List.copyOf(requests);
        }
    }

    /// Forgets the requests up to now.
    public void forgetRequests() {
        synchronized (requests) {
            requests.clear();
        }
    }

    /// Returns all objects, with their prefixes.
    public Map<String, byte[]> objects() {
        return bucket.contents();
    }

    /// Returns how many uploads in parts are neither completed nor aborted.
    public int openUploads() {
        return bucket.openUploads();
    }

    private void answer(HttpExchange exchange) {
        try {
            byte[] body = exchange.getRequestBody().readAllBytes();
            latency.run();
            handle(exchange, body);
        } catch (IOException | UncheckedIOException e) {
            // the client went away
        } catch (RuntimeException e) {
            e.printStackTrace();
        } finally {
            exchange.close();
        }
    }

    private void handle(HttpExchange exchange, byte[] body) throws IOException {
        FakeRequest request = FakeRequest.of(exchange, body);
        Request told = new Request(request.operation(), request.key(), request.ifAbsent());
        synchronized (requests) {
            requests.add(told);
        }
        Fault fault = faults.apply(told);
        FakeAnswer answer = null;
        if (fault == null || !NOTHING_HAPPENS.contains(fault)) {
            answer = bucket.handle(request);
        }
        if (fault == Fault.ERROR || fault == Fault.ERROR_AFTER_EFFECT) {
            answer = FakeAnswer.error(500, "InternalError", "told to fail");
        } else if (fault == Fault.ERROR_IN_SUCCESS) {
            answer = FakeAnswer.error(200, "InternalError", "told to fail");
        } else if (fault == Fault.SLOW_DOWN) {
            answer = FakeAnswer.error(503, "SlowDown", "told to fail");
        } else if (fault == Fault.LOST_REQUEST || fault == Fault.LOST_RESPONSE) {
            return;
        }
        send(exchange, answer, fault == Fault.TRUNCATED && answer.body().length > 1);
    }

    private static void send(HttpExchange exchange, FakeAnswer answer, boolean truncated)
            throws IOException {
        boolean isHead = exchange.getRequestMethod().equals("HEAD");
        answer.headers().forEach(exchange.getResponseHeaders()::set);
        if (isHead) {
            exchange.getResponseHeaders()
                    .set("Content-Length", Integer.toString(answer.body().length));
            exchange.sendResponseHeaders(answer.status(), -1);
            return;
        }
        boolean isEmpty = answer.body().length == 0;
        exchange.sendResponseHeaders(answer.status(), isEmpty ? -1 : answer.body().length);
        if (!isEmpty) {
            OutputStream out = exchange.getResponseBody();
            int bytes = truncated ? answer.body().length / 2 : answer.body().length;
            out.write(answer.body(), 0, bytes);
            out.flush();
        }
    }

    static String md5Hex(byte[] bytes) {
        return HexFormat.of().formatHex(md5(bytes));
    }

    static String md5Base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(md5(bytes));
    }

    private static byte[] md5(byte[] bytes) {
        try {
            return MessageDigest.getInstance("MD5").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    static Map<String, String> parameters(String rawQuery) {
        Map<String, String> parameters = new TreeMap<>();
        for (String pair : rawQuery == null ? new String[0] : rawQuery.split("&")) {
            int equals = pair.indexOf('=');
            String name = equals < 0 ? pair : pair.substring(0, equals);
            String value = equals < 0 ? "" : pair.substring(equals + 1);
            parameters.put(URLDecoder.decode(name, UTF_8), URLDecoder.decode(value, UTF_8));
        }
        return parameters;
    }

    @Override
    public void close() {
        server.stop(0);
        threads.close();
    }
}

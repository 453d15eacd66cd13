package dev.siltstone.objectstore.s3;

import dev.siltstone.objectstore.ObjectBody;
import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/// Puts objects and parts by requests of our own making. The SDK spends some milliseconds of processor time on each
/// request, mostly in code that is called too rarely to be compiled; for a replica that puts a small file a second that
/// is the largest part of its upload.
///
/// Only where nothing is left to work out: an endpoint is given, the bucket goes into the path, the region is known,
/// and there is no proxy. A store that refuses such a request (3xx, 400, 403, 411, 501) is served by the SDK from then
/// on: it knows more stores, and corrects a clock that is wrong. Failures are told by the SDK's exceptions, so that
/// they mean the same.
///
/// | What | Bound |
/// |---|---|
/// | requests at once | [S3Settings#connectionsMax]; more wait |
/// | connections kept | 8 |
/// | connecting; silence | 10 s; [S3Settings#timeout] |
/// | a request | [S3Settings#timeout], and its body at 64 KiB/s |
///
/// Bodies are signed unless they are encrypted, or go to this machine ([UnsignedBodies#suit]).
///
/// Thread-safe; calls wait, so virtual threads suit them.
final class DirectPuts implements Closeable {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
    private static final int KEPT_MAX = 8;
    private static final int HTTP_PORT = 80;
    private static final int HTTPS_PORT = 443;
    private static final Set<Integer> REFUSALS = Set.of(400, 403, 411, 501);

    /// Answers of such a status that say nothing about how the request was made.
    private static final Set<String> NO_REFUSALS = Set.of("RequestTimeout");

    private final S3Settings settings;
    private final AwsCredentialsProvider credentials;
    private final InstantSource clock;
    private final SignatureV4 signature;
    private final String host;
    private final int port;
    private final @Nullable SSLSocketFactory encryption;
    private final boolean signsBodies;
    private final String hostHeader;
    private final Semaphore permits;
    private final ArrayDeque<HttpConnection> kept = new ArrayDeque<>();
    private volatile boolean refused;
    private boolean closed;

    private DirectPuts(
            S3Settings settings,
            URI endpoint,
            String region,
            AwsCredentialsProvider credentials,
            InstantSource clock) {
        this.settings = settings;
        this.credentials = credentials;
        this.clock = clock;
        this.signature = new SignatureV4(region);
        boolean secure = "https".equals(endpoint.getScheme());
        this.encryption = secure ? (SSLSocketFactory) SSLSocketFactory.getDefault() : null;
        this.host = endpoint.getHost();
        int usual = secure ? HTTPS_PORT : HTTP_PORT;
        this.port = endpoint.getPort() < 0 ? usual : endpoint.getPort();
        this.hostHeader = port == usual ? host : host + ":" + port;
        this.signsBodies = !secure && !UnsignedBodies.suit(endpoint);
        this.permits = new Semaphore(settings.connectionsMax());
    }

    /// Returns null where the SDK is to put.
    static @Nullable DirectPuts of(
            S3Settings settings, AwsCredentialsProvider credentials, InstantSource clock) {
        URI endpoint = settings.endpoint();
        String region = settings.regionOrDefault();
        if (endpoint == null
                || endpoint.getHost() == null
                || region == null
                || !settings.usesPathStyle()
                || !(endpoint.getRawPath().isEmpty() || endpoint.getRawPath().equals("/"))
                || endpoint.getRawUserInfo() != null
                || endpoint.getRawQuery() != null
                || !Set.of("http", "https").contains(endpoint.getScheme())
                || isProxied(endpoint.getScheme())) {
            return null;
        }
        return new DirectPuts(settings, endpoint, region, credentials, clock);
    }

    private static boolean isProxied(String scheme) {
        String variable = scheme + "_proxy";
        return System.getProperty(scheme + ".proxyHost") != null
                || System.getenv(variable) != null
                || System.getenv(variable.toUpperCase(Locale.ROOT)) != null;
    }

    /// Puts a body under a name.
    ///
    /// @param name of the object, below the bucket
    /// @param query names and values, not encoded
    /// @param headers beside those that each request has; names in lower case
    /// @param atMost how long all of it may take
    /// @return its ETag, empty if there was none; null if the SDK is to do it
    /// @throws software.amazon.awssdk.core.exception.SdkException as the SDK would
    /// @throws IOException if the body cannot be read
    @Nullable String put(
            String name,
            SortedMap<String, String> query,
            Map<String, String> headers,
            ObjectBody body,
            Duration atMost)
            throws IOException {
        if (refused) {
            return null;
        }
        byte[] head = head(name, query, headers, body);
        HttpAnswer answer;
        try {
            acquire();
            try {
                answer = exchange(head, body, atMost);
            } finally {
                permits.release();
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        } catch (IOException e) {
            throw SdkClientException.create("no answer", e);
        }
        if (!answer.isError()) {
            return answer.headers().getOrDefault("etag", "");
        }
        String code = answer.code();
        if (isRefusal(answer.status()) && !NO_REFUSALS.contains(code)) {
            refused = true;
            close();
            return null;
        }
        throw S3Exception.builder()
                .statusCode(answer.status())
                .awsErrorDetails(
                        AwsErrorDetails.builder()
                                .errorCode(code)
                                .errorMessage(answer.message())
                                .build())
                .build();
    }

    private static boolean isRefusal(int status) {
        return status / 100 == 3 || REFUSALS.contains(status);
    }

    private byte[] head(
            String name,
            SortedMap<String, String> query,
            Map<String, String> headers,
            ObjectBody body)
            throws IOException {
        AwsCredentials identity = credentials.resolveCredentials();
        SortedMap<String, String> all = new TreeMap<>(headers);
        all.put("host", hostHeader);
        all.put("content-type", "application/octet-stream");
        if (identity instanceof AwsSessionCredentials session) {
            all.put("x-amz-security-token", session.sessionToken());
        }
        String path = "/" + SignatureV4.encode(settings.bucket() + "/" + name, true);
        StringBuilder parameters = new StringBuilder();
        query.forEach((key, value) ->
                parameters
                        .append(parameters.isEmpty() ? "" : "&")
                        .append(SignatureV4.encode(key, false))
                        .append('=')
                        .append(SignatureV4.encode(value, false)));
        String encoded = parameters.toString();
        SortedMap<String, String> signed =
                signature.sign(
                        "PUT",
                        path,
                        encoded,
                        all,
                        signsBodies ? SignatureV4.bodySum(body) : SignatureV4.UNSIGNED,
                        identity.accessKeyId(),
                        identity.secretAccessKey(),
                        clock.instant());
        signed.put("content-length", Long.toString(body.bytes()));
        signed.put("user-agent", "siltstone");
        return SignatureV4.head("PUT", path, encoded, signed);
    }

    private void acquire() throws IOException {
        try {
            if (!permits.tryAcquire(settings.timeout().toMillis(), TimeUnit.MILLISECONDS)) {
                throw new ConnectException(
                        "all %d connections were in use for %s"
                                .formatted(settings.connectionsMax(), settings.timeout()));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while it waited for a connection");
        }
    }

    private HttpAnswer exchange(byte[] head, ObjectBody body, Duration atMost) throws IOException {
        HttpConnection connection = connection();
        boolean good = false;
        CompletableFuture<Boolean> answered = new CompletableFuture<>();
        answered.orTimeout(atMost.toMillis(), TimeUnit.MILLISECONDS)
                .whenComplete((_, late) -> {
                    if (late != null) {
                        end(connection);
                    }
                });
        try {
            HttpAnswer answer = connection.exchange(head, body);
            good = answered.complete(true) && !answer.last();
            return answer;
        } catch (IOException e) {
            if (answered.isCompletedExceptionally()) {
                SocketTimeoutException late =
                        new SocketTimeoutException("no answer within " + atMost);
                late.addSuppressed(e);
                throw late;
            }
            throw e;
        } finally {
            answered.complete(false);
            if (!good || !keep(connection)) {
                end(connection);
            }
        }
    }

    private HttpConnection connection() throws IOException {
        for (HttpConnection connection; (connection = poll()) != null; ) {
            if (!connection.isStale()) {
                return connection;
            }
            end(connection);
        }
        try {
            return HttpConnection.open(host, port, encryption, CONNECT_TIMEOUT, settings.timeout());
        } catch (IOException e) {
            throw unsent("no connection to " + hostHeader, e);
        }
    }

    /// Says that nothing was sent, so that nobody looks for what became of it.
    private static IOException unsent(String why, Exception cause) {
        ConnectException unsent = new ConnectException(why);
        unsent.initCause(cause);
        return unsent;
    }

    private @Nullable HttpConnection poll() {
        synchronized (kept) {
            return kept.pollFirst();
        }
    }

    private boolean keep(HttpConnection connection) {
        synchronized (kept) {
            if (closed || kept.size() == KEPT_MAX) {
                return false;
            }
            kept.addFirst(connection);
            return true;
        }
    }

    private static void end(HttpConnection connection) {
        try {
            connection.close();
        } catch (IOException e) {
            // nobody uses it any more
        }
    }

    @Override
    public void close() {
        synchronized (kept) {
            closed = true;
            kept.forEach(DirectPuts::end);
            kept.clear();
        }
    }
}

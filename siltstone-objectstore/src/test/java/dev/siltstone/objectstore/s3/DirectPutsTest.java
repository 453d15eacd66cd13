package dev.siltstone.objectstore.s3;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.siltstone.objectstore.EffectUnknownException;
import dev.siltstone.objectstore.ObjectBody;
import dev.siltstone.objectstore.ObjectKey;
import dev.siltstone.objectstore.PutOptions;
import dev.siltstone.objectstore.PutOutcome;
import dev.siltstone.objectstore.StoreUnavailableException;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What goes over the wire, and what answers look like: against a server that says what it is told, byte by byte.
class DirectPutsTest {
    private static final ObjectKey KEY = ObjectKey.of("a b/key");
    private static final ObjectBody BODY = ObjectBody.of("hello world".getBytes(UTF_8));
    private static final String OK = "HTTP/1.1 200 OK\r\nETag: \"e\"\r\nContent-Length: 0\r\n\r\n";

    private final List<String> heads = Collections.synchronizedList(new ArrayList<>());
    private final List<Integer> connections = Collections.synchronizedList(new ArrayList<>());
    private final AtomicInteger closed = new AtomicInteger();
    private ServerSocket server;
    private S3Store store;

    @BeforeEach
    void open() throws IOException {
        server = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
        store = S3Store.openForReading(settings(), InstantSource.system());
    }

    @AfterEach
    void close() throws IOException {
        store.close();
        server.close();
    }

    private S3Settings settings() {
        return S3Settings.of("bucket", "p/")
                .withEndpoint(URI.create("http://127.0.0.1:" + server.getLocalPort()))
                .withCredentials(new S3Credentials("who", "secret"))
                .withTimeout(Duration.ofSeconds(20));
    }

    /// Answers each request with the next text. An empty one closes the connection instead, one that ends with `!`
    /// afterwards; one that begins with `^` is sent before the body is read, and none of that is.
    private void answer(String... answers) {
        List<String> left = Collections.synchronizedList(new ArrayList<>(List.of(answers)));
        Thread.ofVirtual()
                .start(() -> {
                    for (int number = 0; ; number++) {
                        int current = number;
                        try {
                            Socket socket = server.accept();
                            Thread.ofVirtual().start(() -> serve(socket, current, left));
                        } catch (IOException e) {
                            return;
                        }
                    }
                });
    }

    private void serve(Socket socket, int number, List<String> left) {
        try (socket) {
            serve(socket, socket.getInputStream(), number, left);
        } catch (IOException e) {
            // the client went away
        }
        closed.incrementAndGet();
    }

    private void serve(Socket socket, InputStream in, int number, List<String> left)
            throws IOException {
        while (true) {
            String head = head(in);
            if (head.isEmpty()) {
                return;
            }
            heads.add(head);
            connections.add(number);
            String answer = left.removeFirst();
            if (answer.startsWith("^")) {
                socket.getOutputStream().write(answer.substring(1).getBytes(ISO_8859_1));
                return;
            }
            in.readNBytes(Integer.parseInt(header(head, "content-length")));
            boolean last = answer.isEmpty() || answer.endsWith("!");
            socket.getOutputStream()
                    .write((last ? answer.replace("!", "") : answer).getBytes(ISO_8859_1));
            if (last) {
                return;
            }
        }
    }

    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        for (int b; head.indexOf("\r\n\r\n") < 0 && (b = in.read()) >= 0; ) {
            head.append((char) b);
        }
        return head.toString();
    }

    private static String header(String head, String name) {
        return new BufferedReader(
                        new InputStreamReader(
                                new ByteArrayInputStream(head.getBytes(ISO_8859_1)), ISO_8859_1))
                .lines()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name + ":"))
                .map(line -> line.substring(name.length() + 1).strip())
                .findFirst()
                .orElse("");
    }

    @Test
    void sendsWhatS3WantsOverOneConnection() throws IOException {
        answer(OK, OK);
        PutOptions options = PutOptions.withMetadata(Map.of("one", "two  three"));

        assertThat(store.put(KEY, BODY, options)).isEqualTo("\"e\"");
        assertThat(store.putIfAbsent(KEY, BODY, PutOptions.NONE))
                .isInstanceOf(PutOutcome.Created.class);

        String first = heads.getFirst();
        assertThat(first).startsWith("PUT /bucket/p/a%20b/key HTTP/1.1\r\n");
        assertThat(header(first, "host")).isEqualTo("127.0.0.1:" + server.getLocalPort());
        assertThat(header(first, "x-amz-meta-one")).isEqualTo("two  three");
        assertThat(header(first, "x-amz-content-sha256")).isEqualTo("UNSIGNED-PAYLOAD");
        assertThat(header(first, "authorization"))
                .contains("SignedHeaders=content-type;host;x-amz");
        assertThat(header(first, "if-none-match")).isEmpty();
        assertThat(header(heads.get(1), "if-none-match")).isEqualTo("*");
        assertThat(heads).allSatisfy(head -> assertThat(head).doesNotContain("aws-sdk"));
        assertThat(connections).containsExactly(0, 0);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 100 Continue\r\n\r\n" + OK,
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n0\r\nT: u\r\n\r\n",
                "HTTP/1.1 204 No Content\r\n\r\n",
                "HTTP/1.1 200\r\ncontent-length:3\r\n\r\nabc"
            })
    void understandsAnswersOfAllFormsAndGoesOnOverTheConnection(String form) throws IOException {
        answer(form, OK);

        store.put(KEY, BODY, PutOptions.NONE);
        store.put(KEY, BODY, PutOptions.NONE);

        assertThat(connections).containsExactly(0, 0);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n!",
                "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n!",
                "HTTP/1.1 200 OK\r\n\r\nuntil the end!",
                "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n!",
                "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nand more!"
            })
    void takesANewConnectionWhereTheOldOneIsNoGood(String form) throws Exception {
        answer(form, OK);

        store.put(KEY, BODY, PutOptions.NONE);
        while (closed.get() < 1) {
            Thread.onSpinWait();
        }
        assertThat(store.put(KEY, BODY, PutOptions.NONE)).isEqualTo("\"e\"");

        assertThat(connections).containsExactly(0, 1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab!",
                "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n!",
                "HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n!",
                "HTTP/1.1 200 OK\r\nno header\r\n\r\n!",
                "SSH-2.0-OpenSSH\r\n!",
                "HTTP/1.1 200 OK\r\nContent-Length: 23\r\n\r\n<Error><Code>A</Code>\r\n!"
            })
    void doesNotKnowWhatHappenedWhereTheAnswerIsNone(String answer) {
        answer(answer);

        assertThatThrownBy(() -> store.putIfAbsent(KEY, BODY, PutOptions.NONE))
                .isInstanceOf(EffectUnknownException.class)
                .hasMessageContaining("put a b/key");
    }

    @Test
    void hearsAnAnswerThatComesBeforeTheBodyIsSent() throws IOException {
        answer("^HTTP/1.1 412 Precondition Failed\r\nContent-Length: 0\r\n\r\n", OK);

        assertThat(store.putIfAbsent(KEY, ObjectBody.of(new byte[32 << 20]), PutOptions.NONE))
                .isInstanceOf(PutOutcome.AlreadyThere.class);
        assertThat(store.putIfAbsent(KEY, BODY, PutOptions.NONE))
                .isInstanceOf(PutOutcome.Created.class);
    }

    @Test
    void leavesItToTheSdkWhereTheStoreRefuses() throws IOException {
        String refusal = "<Error><Code>SignatureDoesNotMatch</Code><Message>no</Message></Error>";
        answer(
                "HTTP/1.1 403 Forbidden\r\nContent-Length: %d\r\n\r\n%s"
                        .formatted(refusal.length(), refusal),
                OK,
                OK);

        store.put(KEY, BODY, PutOptions.NONE);
        store.put(KEY, BODY, PutOptions.NONE);

        assertThat(heads).hasSize(3);
        assertThat(heads.getFirst()).doesNotContain("aws-sdk");
        assertThat(heads.subList(1, 3)).allSatisfy(head -> assertThat(head).contains("aws-sdk"));
    }

    @Test
    void aBusyStoreIsAskedAgainInTheSameWay() throws IOException {
        answer("HTTP/1.1 503 Slow\r\nContent-Length: 28\r\n\r\n<Error><Code>SlowDown</Code>", OK);

        assertThatThrownBy(() -> store.put(KEY, BODY, PutOptions.NONE))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("503 SlowDown");
        store.put(KEY, BODY, PutOptions.NONE);

        assertThat(heads).allSatisfy(head -> assertThat(head).doesNotContain("aws-sdk"));
    }

    @Test
    void anAnswerThatDoesNotComeIsNotWaitedForForever() throws IOException {
        try (S3Store hasty =
                S3Store.openForReading(
                        settings().withTimeout(Duration.ofMillis(100)), InstantSource.system())) {
            assertThatThrownBy(() -> hasty.put(KEY, BODY, PutOptions.NONE))
                    .isInstanceOf(EffectUnknownException.class)
                    .hasMessageContaining("Timeout");
        }
    }

    @Test
    void aBodyThatCannotBeReadIsNotTheStoresFault() {
        answer(OK);
        ObjectBody broken =
                new ObjectBody() {
                    @Override
                    public long bytes() {
                        return 5;
                    }

                    @Override
                    public InputStream open() throws IOException {
                        throw new IOException("the disk is gone");
                    }

                    @Override
                    public ObjectBody region(long start, long bytes) {
                        return this;
                    }
                };

        assertThatThrownBy(() -> store.put(KEY, broken, PutOptions.NONE))
                .isExactlyInstanceOf(IOException.class)
                .hasMessage("the disk is gone");
    }

    @Test
    void signsBodiesThatOthersCouldChange() throws IOException {
        S3Settings there =
                S3Settings.of("bucket", "")
                        .withEndpoint(URI.create("http://10.1.2.3:9000"))
                        .withCredentials(new S3Credentials("who", "secret"));

        assertThat(DirectPuts.of(there, S3Connection.credentials(there), InstantSource.system()))
                .isNotNull();
        assertThat(SignatureV4.bodySum(BODY))
                .isEqualTo("b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://host/below",
                "ftp://host",
                "https://s3.eu-west-1.amazonaws.com",
                "https://user@host",
                "https://host/?x=y"
            })
    void leavesToTheSdkWhatIsNotPlain(String endpoint) throws IOException {
        S3Settings odd =
                S3Settings.of("bucket", "")
                        .withEndpoint(URI.create(endpoint))
                        .withRegion("r")
                        .withCredentials(new S3Credentials("who", "secret"));

        assertThat(DirectPuts.of(odd, S3Connection.credentials(odd), InstantSource.system()))
                .isNull();
    }
}

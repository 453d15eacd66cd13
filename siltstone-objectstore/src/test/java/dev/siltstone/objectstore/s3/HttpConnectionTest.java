package dev.siltstone.objectstore.s3;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.siltstone.objectstore.ObjectBody;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Encrypted connections, to a server whose certificate is for `localhost` alone. Plain ones are in [DirectPutsTest].
class HttpConnectionTest {
    private static final String PASSWORD = "changeit";
    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final ExecutorService THREADS = Executors.newVirtualThreadPerTaskExecutor();

    @TempDir static Path directory;

    private static HttpsServer server;
    private static SSLSocketFactory trusting;

    @BeforeAll
    static void start() throws Exception {
        KeyStore keys = keys();
        KeyManagerFactory own = KeyManagerFactory.getInstance("PKIX");
        own.init(keys, PASSWORD.toCharArray());
        TrustManagerFactory trusted = TrustManagerFactory.getInstance("PKIX");
        trusted.init(keys);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(own.getKeyManagers(), trusted.getTrustManagers(), null);
        trusting = context.getSocketFactory();
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context));
        server.setExecutor(THREADS);
        server.createContext(
                "/",
                exchange -> {
                    byte[] body = exchange.getRequestBody().readAllBytes();
                    byte[] answer =
                            (exchange.getRemoteAddress().getPort() + " " + body.length)
                                    .getBytes(US_ASCII);
                    exchange.sendResponseHeaders(200, answer.length);
                    exchange.getResponseBody().write(answer);
                    exchange.close();
                });
        server.start();
    }

    @AfterAll
    static void stop() {
        server.stop(0);
        THREADS.close();
    }

    /// The JDK has no API that makes a certificate, but a program.
    private static KeyStore keys() throws Exception {
        Path store = directory.resolve("keys.p12");
        Process keytool =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "keytool")
                                        .toString(),
                                "-genkeypair",
                                "-keyalg",
                                "EC",
                                "-alias",
                                "server",
                                "-dname",
                                "CN=localhost",
                                "-ext",
                                "san=dns:localhost",
                                "-keystore",
                                store.toString(),
                                "-storepass",
                                PASSWORD)
                        .redirectErrorStream(true)
                        .start();
        String said = new String(keytool.getInputStream().readAllBytes(), US_ASCII);
        assertThat(keytool.waitFor()).as(said).isZero();
        // A trusted certificate must stand by itself, beside its key.
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        keys.setCertificateEntry("trusted", keys.getCertificate("server"));
        return keys;
    }

    private static HttpConnection open(String host) throws IOException {
        return HttpConnection.open(host, server.getAddress().getPort(), trusting, TIMEOUT, TIMEOUT);
    }

    private static String put(HttpConnection connection, int bytes) throws IOException {
        String head = "PUT / HTTP/1.1\r\nhost: localhost\r\ncontent-length: " + bytes + "\r\n\r\n";
        HttpAnswer answer =
                connection.exchange(head.getBytes(US_ASCII), ObjectBody.of(new byte[bytes]));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.last()).isFalse();
        return new String(answer.body(), US_ASCII);
    }

    @Test
    void carriesOneEncryptedRequestAfterTheOther() throws IOException {
        try (HttpConnection connection = open("localhost")) {
            String first = put(connection, 1_000_000);
            assertThat(first).endsWith(" 1000000");
            assertThat(connection.isStale()).isFalse();
            assertThat(put(connection, 1_000_000)).isEqualTo(first);
            assertThat(connection.isStale()).isFalse();
        }
    }

    @Test
    void refusesAServerOfAnotherName() {
        assertThatThrownBy(() -> open("127.0.0.1")).isInstanceOf(SSLHandshakeException.class);
    }

    @Test
    void refusesAServerThatNobodyVouchesFor() {
        SSLSocketFactory usual = (SSLSocketFactory) SSLSocketFactory.getDefault();

        assertThatThrownBy(() ->
                        HttpConnection.open(
                                "localhost",
                                server.getAddress().getPort(),
                                usual,
                                TIMEOUT,
                                TIMEOUT))
                .isInstanceOf(SSLHandshakeException.class);
    }
}

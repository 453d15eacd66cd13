package dev.siltstone.objectstore.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.siltstone.objectstore.AccessRefusedException;
import dev.siltstone.objectstore.ObjectBody;
import dev.siltstone.objectstore.ObjectStore;
import dev.siltstone.objectstore.ObjectStoreContract;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A real server of another project, which checks signatures.
class S3ProxyStoreTest extends ObjectStoreContract {
    private static final S3Credentials CREDENTIALS = new S3Credentials("somebody", "secret");

    @TempDir static Path temporary;

    private static S3Proxy proxy;
    private static int tests;

    @BeforeAll
    static void start() throws Exception {
        FilesystemNio2BlobStore blobs = new FilesystemNio2BlobStore(temporary.toString());
        blobs.createContainer("bucket");
        proxy =
                S3Proxy.builder()
                        .blobStore(blobs)
                        .endpoint(URI.create("http://127.0.0.1:0"))
                        .awsAuthentication(
                                AuthenticationType.AWS_V4,
                                CREDENTIALS.accessKeyId(),
                                CREDENTIALS.secretAccessKey())
                        .build();
        proxy.start();
    }

    @AfterAll
    static void stop() throws Exception {
        proxy.stop();
    }

    @Override
    protected ObjectStore open() throws IOException {
        tests++;
        return S3Store.open(
                settings(CREDENTIALS), InstantSource.system(), new SplittableRandom(tests));
    }

    private static S3Settings settings(S3Credentials credentials) {
        return S3Settings.of("bucket", "test-" + tests + "/")
                .withEndpoint(URI.create("http://127.0.0.1:" + proxy.getPort()))
                .withCredentials(credentials);
    }

    @Override
    protected Set<Quirk> quirks() {
        return EnumSet.allOf(Quirk.class);
    }

    @Override
    protected int raceRounds() {
        return 5;
    }

    /// 0.0.0.0 is this machine too, but none of the addresses where bodies go unsigned.
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "0.0.0.0"})
    void acceptsTheSignaturesOfOurOwnPuts(String host) throws IOException {
        S3Settings there =
                S3Settings.of("bucket", "")
                        .withEndpoint(URI.create("http://" + host + ":" + proxy.getPort()))
                        .withCredentials(CREDENTIALS);
        try (DirectPuts puts =
                DirectPuts.of(there, S3Connection.credentials(there), InstantSource.system())) {
            String etag =
                    puts.put(
                            "own/" + host + "/ü mlaut+&=%25~(1)",
                            new TreeMap<>(),
                            Map.of("x-amz-meta-two", "a  b", "if-none-match", "*"),
                            ObjectBody.of(new byte[100_000]),
                            Duration.ofSeconds(20));

            assertThat(etag).as("null: left to the SDK").isNotEmpty();
        }
    }

    @Test
    void saysThatTheSecretIsWrong() {
        S3Credentials wrong = new S3Credentials("somebody", "wrong");

        assertThatThrownBy(() ->
                        S3Store.open(
                                settings(wrong), InstantSource.system(), new SplittableRandom(1)))
                .isInstanceOf(AccessRefusedException.class)
                .hasMessageContaining("403 SignatureDoesNotMatch")
                .hasMessageContaining("does not belong to the access key somebody")
                .hasMessageContaining("s3://bucket");
    }

    @Test
    void saysThatTheAccessKeyIsUnknown() {
        S3Credentials wrong = new S3Credentials("nobody", "secret");

        assertThatThrownBy(() ->
                        S3Store.open(
                                settings(wrong), InstantSource.system(), new SplittableRandom(1)))
                .isInstanceOf(AccessRefusedException.class)
                .hasMessageContaining("403 InvalidAccessKeyId");
    }
}

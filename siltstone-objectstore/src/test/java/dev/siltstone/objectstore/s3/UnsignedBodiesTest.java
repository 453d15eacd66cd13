package dev.siltstone.objectstore.s3;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.SignedRequest;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;

/// That a server accepts such signatures is in [S3ProxyStoreTest].
class UnsignedBodiesTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://127.0.0.1:9000",
                "http://127.1.2.3:9000/",
                "http://[::1]:9000",
                "http://localhost:9000",
                "http://LOCALHOST:9000"
            })
    void suitAStoreOnThisMachine(String endpoint) {
        assertThat(UnsignedBodies.suit(URI.create(endpoint))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://127.0.0.1:9000",
                "http://127.0.0.1",
                "http://127.0.0.1:80",
                "http://127.0.0.1:443",
                "http://10.0.0.7:9000",
                "http://192.168.1.1:9000",
                "http://[2001:db8::1]:9000",
                "http://minio:9000",
                "http://localhost.example.org:9000",
                "http://127.0.0.1.example.org:9000",
                "http://1270.0.0.1:9000"
            })
    void doNotSuitWhatOthersCanChangeOnItsWay(String endpoint) {
        assertThat(UnsignedBodies.suit(URI.create(endpoint))).isFalse();
        assertThat(UnsignedBodies.suit(null)).isFalse();
    }

    @Test
    void theRequestStaysAsItWasButForItsSignature() {
        SdkHttpRequest request =
                SdkHttpRequest.builder()
                        .method(SdkHttpMethod.PUT)
                        .uri(URI.create("http://127.0.0.1:9000/bucket/key"))
                        .putHeader("Content-Length", "3")
                        .build();
        SignedRequest signed =
                new UnsignedBodies()
                        .sign(sign ->
                                sign.identity(AwsCredentialsIdentity.create("who", "secret"))
                                        .request(request)
                                        .payload(() -> new ByteArrayInputStream(new byte[3]))
                                        .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, "s3")
                                        .putProperty(AwsV4HttpSigner.REGION_NAME, "us-east-1")
                                        .putProperty(
                                                AwsV4HttpSigner.PAYLOAD_SIGNING_ENABLED, false));

        assertThat(signed.request().getUri()).isEqualTo(request.getUri());
        assertThat(signed.request().firstMatchingHeader("Host")).contains("127.0.0.1:9000");
        assertThat(signed.request().firstMatchingHeader("x-amz-content-sha256"))
                .contains("UNSIGNED-PAYLOAD");
        assertThat(signed.request().firstMatchingHeader("Authorization")).isPresent();
    }
}

package dev.siltstone.objectstore.s3;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.SignedRequest;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;

/// That a server accepts such signatures is in [S3ProxyStoreTest].
class SignatureV4Test {
    private static final Instant NOW = Instant.parse("2013-05-24T00:00:00Z");
    private static final String ACCESS = "AKIAIOSFODNN7EXAMPLE";
    private static final String SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

    /// "Example: PUT Object" of
    /// <https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html>.
    @Test
    void signsTheExampleOfAwsAsAwsDoes() {
        SortedMap<String, String> headers = new TreeMap<>();
        headers.put("host", "examplebucket.s3.amazonaws.com");
        headers.put("date", "Fri, 24 May 2013 00:00:00 GMT");
        headers.put("x-amz-storage-class", "REDUCED_REDUNDANCY");

        SortedMap<String, String> signed =
                new SignatureV4("us-east-1")
                        .sign(
                                "PUT",
                                "/" + SignatureV4.encode("test$file.text", true),
                                "",
                                headers,
                                "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072",
                                ACCESS,
                                SECRET,
                                NOW);

        assertThat(signed.get("authorization"))
                .isEqualTo(
                        "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,"
                                + "SignedHeaders=date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class,"
                                + "Signature=98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd");
        assertThat(signed).containsEntry("x-amz-date", "20130524T000000Z");
    }

    /// A path, a query and a header with everything that is written in more than one way, as the SDK signs them.
    @Test
    void signsOddNamesAsTheSdkDoes() {
        String name = "bucket/ü mlaut/a+b&c=d/~tilde/%25/(1).ltx";
        String query = "partNumber=3&uploadId=" + SignatureV4.encode("a/b+c==", false);
        SdkHttpRequest request =
                SdkHttpRequest.builder()
                        .method(SdkHttpMethod.PUT)
                        .uri(URI.create("https://127.0.0.1:9000"))
                        .encodedPath("/" + SignatureV4.encode(name, true))
                        .putRawQueryParameter("partNumber", "3")
                        .putRawQueryParameter("uploadId", "a/b+c==")
                        .putHeader("x-amz-meta-two", "a  b   c")
                        .build();
        SignedRequest expected =
                AwsV4HttpSigner.create()
                        .sign(sign ->
                                sign.identity(AwsCredentialsIdentity.create(ACCESS, SECRET))
                                        .request(request)
                                        .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, "s3")
                                        .putProperty(AwsV4HttpSigner.REGION_NAME, "eu-north-1")
                                        .putProperty(AwsV4HttpSigner.DOUBLE_URL_ENCODE, false)
                                        .putProperty(AwsV4HttpSigner.NORMALIZE_PATH, false)
                                        .putProperty(AwsV4HttpSigner.PAYLOAD_SIGNING_ENABLED, false)
                                        .putProperty(
                                                HttpSigner.SIGNING_CLOCK,
                                                Clock.fixed(NOW, ZoneOffset.UTC)));
        SortedMap<String, String> headers = new TreeMap<>();
        headers.put("host", "127.0.0.1:9000");
        headers.put("x-amz-meta-two", "a  b   c");

        SortedMap<String, String> signed =
                new SignatureV4("eu-north-1")
                        .sign(
                                "PUT",
                                "/" + SignatureV4.encode(name, true),
                                query,
                                headers,
                                SignatureV4.UNSIGNED,
                                ACCESS,
                                SECRET,
                                NOW);

        String signature = signed.get("authorization").replaceAll(".*Signature=", "");
        assertThat(expected.request().firstMatchingHeader("Authorization").orElseThrow())
                .endsWith("Signature=" + signature);
    }

    @Test
    void aNewDayAndANewSecretHaveANewKey() {
        SignatureV4 kept = new SignatureV4("r");
        String first = sign(kept, SECRET, NOW);

        assertThat(sign(kept, SECRET, NOW.plusSeconds(86_400)))
                .isEqualTo(sign(new SignatureV4("r"), SECRET, NOW.plusSeconds(86_400)))
                .isNotEqualTo(first);
        assertThat(sign(kept, "other", NOW))
                .isEqualTo(sign(new SignatureV4("r"), "other", NOW))
                .isNotEqualTo(first);
        assertThat(sign(kept, SECRET, NOW)).isEqualTo(first);
    }

    private static String sign(SignatureV4 signature, String secret, Instant now) {
        SortedMap<String, String> headers = new TreeMap<>();
        headers.put("host", "h");
        return signature
                .sign("PUT", "/b/k", "", headers, SignatureV4.UNSIGNED, ACCESS, secret, now)
                .get("authorization");
    }
}

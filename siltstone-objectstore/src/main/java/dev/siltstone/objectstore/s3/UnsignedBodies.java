package dev.siltstone.objectstore.s3;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.scheme.AwsV4AuthScheme;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.AsyncSignRequest;
import software.amazon.awssdk.http.auth.spi.signer.AsyncSignedRequest;
import software.amazon.awssdk.http.auth.spi.signer.SignRequest;
import software.amazon.awssdk.http.auth.spi.signer.SignedRequest;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.IdentityProvider;
import software.amazon.awssdk.identity.spi.IdentityProviders;

/// Signs requests to a store on this machine as they would be signed over TLS: with `UNSIGNED-PAYLOAD` instead of
/// the SHA-256 of the body, which the SDK else computes of everything that is not encrypted. Nobody can change bytes
/// on the way to a loopback address; and on a machine without SHA instructions that sum costs more than all other
/// work of an upload together, here and once more in the store.
///
/// The scheme of the URL is in no signature, and the host is as long as the port is not the one that TLS or plain
/// HTTP leaves out; then nothing is changed.
///
/// Thread-safe.
final class UnsignedBodies implements AwsV4AuthScheme, AwsV4HttpSigner {
    private static final int HTTP_PORT = 80;
    private static final int HTTPS_PORT = 443;

    private final AwsV4AuthScheme scheme = AwsV4AuthScheme.create();
    private final AwsV4HttpSigner signer = AwsV4HttpSigner.create();

    /// Says whether an endpoint is on this machine, and not encrypted. Looks no name up.
    static boolean suit(@Nullable URI endpoint) {
        if (endpoint == null
                || !"http".equals(endpoint.getScheme())
                || endpoint.getHost() == null
                || endpoint.getPort() <= 0
                || endpoint.getPort() == HTTP_PORT
                || endpoint.getPort() == HTTPS_PORT) {
            return false;
        }
        String host = endpoint.getHost().toLowerCase(Locale.ROOT);
        return host.equals("localhost") || (isNumeric(host) && isLoopback(host));
    }

    private static boolean isNumeric(String host) {
        return host.startsWith("[") || host.matches("[0-9]+(\\.[0-9]+){3}");
    }

    private static boolean isLoopback(String address) {
        try {
            return InetAddress.getByName(address).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    @Override
    public String schemeId() {
        return AwsV4AuthScheme.SCHEME_ID;
    }

    @Override
    public IdentityProvider<AwsCredentialsIdentity> identityProvider(IdentityProviders providers) {
        return scheme.identityProvider(providers);
    }

    @Override
    public AwsV4HttpSigner signer() {
        return this;
    }

    @Override
    public SignedRequest sign(SignRequest<? extends AwsCredentialsIdentity> request) {
        SignedRequest signed = signer.sign(asOverTls(request));
        SdkHttpRequest plain = signed.request().toBuilder().protocol("http").build();
        return signed.toBuilder().request(plain).build();
    }

    private static <T extends AwsCredentialsIdentity> SignRequest<T> asOverTls(
            SignRequest<T> request) {
        SdkHttpRequest encrypted = request.request().toBuilder().protocol("https").build();
        return request.toBuilder().request(encrypted).build();
    }

    @Override
    public CompletableFuture<AsyncSignedRequest> signAsync(
            AsyncSignRequest<? extends AwsCredentialsIdentity> request) {
        return signer.signAsync(request);
    }
}

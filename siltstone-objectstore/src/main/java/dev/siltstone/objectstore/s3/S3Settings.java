package dev.siltstone.objectstore.s3;

import java.net.URI;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Where a store in S3 is, and how it is spoken to.
///
/// @param bucket must exist
/// @param prefix of all keys: empty, or ends with `/`
/// @param endpoint or null for AWS
/// @param region or null for the profile's, and with AWS the one from the usual chain
/// @param pathStyle whether the bucket goes into the path, instead of the host name; null for the profile's
/// @param storageClass of new objects, or null for the bucket's
/// @param credentials or null for the usual AWS chain (environment, system properties, profile files, ...)
/// @param connectionsMax how many requests can be under way; more wait
/// @param timeout of a request, without its body; a body adds what it takes at 64 KiB/s
public record S3Settings(
        String bucket,
        String prefix,
        @Nullable URI endpoint,
        @Nullable String region,
        @Nullable Boolean pathStyle,
        S3Profile profile,
        @Nullable String storageClass,
        @Nullable S3Credentials credentials,
        int connectionsMax,
        Duration timeout) {

    private static final int CONNECTIONS_MAX = 64;
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    public S3Settings {
        if (!prefix.isEmpty() && !prefix.endsWith("/")) {
            throw new IllegalArgumentException(
                    "prefix \"" + prefix + "\" does not end with a slash");
        }
        if (bucket.isEmpty() || bucket.contains("/")) {
            throw new IllegalArgumentException("bucket \"" + bucket + "\"");
        }
        if (connectionsMax < 1 || timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException("bounds must be positive");
        }
    }

    /// Returns a place in AWS; credentials and region from the usual chain.
    public static S3Settings of(String bucket, String prefix) {
        return new S3Settings(
                bucket,
                prefix,
                null,
                null,
                null,
                S3Profile.AWS,
                null,
                null,
                CONNECTIONS_MAX,
                TIMEOUT);
    }

    /// Returns this at another endpoint, with the profile that its host suggests.
    public S3Settings withEndpoint(URI endpoint) {
        return new S3Settings(
                bucket,
                prefix,
                endpoint,
                region,
                pathStyle,
                S3Profile.of(endpoint),
                storageClass,
                credentials,
                connectionsMax,
                timeout);
    }

    public S3Settings withRegion(String region) {
        return new S3Settings(
                bucket,
                prefix,
                endpoint,
                region,
                pathStyle,
                profile,
                storageClass,
                credentials,
                connectionsMax,
                timeout);
    }

    public S3Settings withPathStyle(boolean pathStyle) {
        return new S3Settings(
                bucket,
                prefix,
                endpoint,
                region,
                pathStyle,
                profile,
                storageClass,
                credentials,
                connectionsMax,
                timeout);
    }

    public S3Settings withProfile(S3Profile profile) {
        return new S3Settings(
                bucket,
                prefix,
                endpoint,
                region,
                pathStyle,
                profile,
                storageClass,
                credentials,
                connectionsMax,
                timeout);
    }

    public S3Settings withStorageClass(String storageClass) {
        return new S3Settings(
                bucket,
                prefix,
                endpoint,
                region,
                pathStyle,
                profile,
                storageClass,
                credentials,
                connectionsMax,
                timeout);
    }

    public S3Settings withCredentials(S3Credentials credentials) {
        return new S3Settings(
                bucket,
                prefix,
                endpoint,
                region,
                pathStyle,
                profile,
                storageClass,
                credentials,
                connectionsMax,
                timeout);
    }

    public S3Settings withTimeout(Duration timeout) {
        return new S3Settings(
                bucket,
                prefix,
                endpoint,
                region,
                pathStyle,
                profile,
                storageClass,
                credentials,
                connectionsMax,
                timeout);
    }

    boolean usesPathStyle() {
        return Objects.requireNonNullElse(pathStyle, profile.pathStyle());
    }

    @Nullable String regionOrDefault() {
        return region == null ? profile.region() : region;
    }

    /// Returns where this is, without secrets.
    @Override
    public String toString() {
        String place = "s3://" + bucket + (prefix.isEmpty() ? "" : "/" + prefix);
        return (place.endsWith("/") ? place.substring(0, place.length() - 1) : place)
                + (endpoint == null ? "" : "?endpoint=" + endpoint);
    }
}

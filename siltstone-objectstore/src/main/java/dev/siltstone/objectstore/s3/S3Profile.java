package dev.siltstone.objectstore.s3;

import java.net.URI;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// What a store that speaks S3 does otherwise than S3.
///
/// | profile | region without one given | path style | body framing | `DeleteObjects` |
/// |---|---|---|---|---|
/// | `AWS` | from the AWS chain | no | plain | yes |
/// | `MINIO` | `us-east-1` | yes | plain | yes |
/// | `R2` | `auto` | yes | plain | yes |
/// | `OTHER` | `us-east-1` | yes | plain | one by one |
///
/// Bodies are never sent in chunks of `aws-chunked` and without checksum trailers: there are stores that keep
/// the framing inside the object, and stores that answer 400.
public enum S3Profile {
    AWS(null, false, true),
    MINIO("us-east-1", true, true),
    R2("auto", true, true),
    OTHER("us-east-1", true, false);

    private final @Nullable String region;
    private final boolean pathStyle;
    private final boolean batchDelete;

    S3Profile(@Nullable String region, boolean pathStyle, boolean batchDelete) {
        this.region = region;
        this.pathStyle = pathStyle;
        this.batchDelete = batchDelete;
    }

    /// Returns the profile of an endpoint: by its host; MinIO where the host says nothing.
    ///
    /// @param endpoint or null for AWS itself
    public static S3Profile of(@Nullable URI endpoint) {
        if (endpoint == null) {
            return AWS;
        }
        String host = endpoint.getHost() == null ? "" : endpoint.getHost().toLowerCase(Locale.ROOT);
        if (host.endsWith(".amazonaws.com") || host.endsWith(".amazonaws.com.cn")) {
            return AWS;
        }
        return host.endsWith(".r2.cloudflarestorage.com") ? R2 : MINIO;
    }

    @Nullable String region() {
        return region;
    }

    boolean pathStyle() {
        return pathStyle;
    }

    boolean batchDelete() {
        return batchDelete;
    }
}

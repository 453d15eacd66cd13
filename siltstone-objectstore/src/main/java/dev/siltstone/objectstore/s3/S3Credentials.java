package dev.siltstone.objectstore.s3;

/// A key pair given directly, instead of by the usual AWS chain.
public record S3Credentials(String accessKeyId, String secretAccessKey) {
    /// Leaves the secret out.
    @Override
    public String toString() {
        return "access key " + accessKeyId;
    }
}

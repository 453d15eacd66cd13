package dev.siltstone.layer;

/// What an export wrote.
///
/// @param diffId SHA-256 of the tar
/// @param tarBytes of it
/// @param blob SHA-256 of the file
/// @param blobBytes of it
public record Exported(Digest diffId, long tarBytes, Digest blob, long blobBytes) {
    /// What container tools call such a file.
    public static final String MEDIA_TYPE = "application/vnd.oci.image.layer.v1.tar+zstd";
}

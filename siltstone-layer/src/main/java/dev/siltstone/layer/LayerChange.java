package dev.siltstone.layer;

/// A difference between two layers.
///
/// @param path as it stands in the tar, without `./` and closing slash
public record LayerChange(Kind kind, TarPath path) {
    /// What became of the entry.
    public enum Kind {
        ADDED,
        REMOVED,
        CHANGED
    }
}

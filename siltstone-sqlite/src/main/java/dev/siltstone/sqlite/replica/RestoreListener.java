package dev.siltstone.sqlite.replica;

/// Is told how a restore gets on. Calls come from several threads, one at a time, and must return at once.
public interface RestoreListener {
    /// Says nothing to nobody.
    RestoreListener NONE = new RestoreListener() {};

    /// A plan was made; again if a file of the one before was deleted meanwhile.
    default void planned(RestorePlan plan) {}

    /// Pieces were decoded, or found done by an earlier attempt.
    ///
    /// @param bytes of the plan's pieces that are done
    /// @param total of all its pieces
    default void progressed(long bytes, long total) {}
}

package dev.siltstone.layer;

/// How a push works. Only `runBytes` changes what is stored, and with it identities.
///
/// @param runBytes average of a run of small files: 16 to 128 KiB. Smaller: less is sent after a change, more the
///     first time
/// @param level of zstd, 1 to 19
/// @param packBytes of frames in a pack, 64 KiB to 64 MiB
/// @param workers threads that hash and pack
/// @param putsAtOnce packs under way; each holds `packBytes` of memory
/// @param diffId whether to compute the SHA-256 of the whole tar, if every byte is read anyway
public record PushSettings(
        int runBytes, int level, int packBytes, int workers, int putsAtOnce, boolean diffId) {
    public PushSettings {
        require(runBytes >= 1 << 14 && runBytes <= 1 << 17, "layer.run is 16 to 128 KiB", runBytes);
        require(level >= 1 && level <= 19, "level is 1 to 19", level);
        require(
                packBytes >= 1 << 16 && packBytes <= 1 << 26,
                "bytes of a pack are 64 KiB to 64 MiB",
                packBytes);
        require(workers >= 1 && workers <= 1024, "workers are 1 to 1024", workers);
        require(putsAtOnce >= 1 && putsAtOnce <= 64, "puts at once are 1 to 64", putsAtOnce);
    }

    private static void require(boolean holds, String rule, int actual) {
        if (!holds) {
            throw new IllegalArgumentException(rule + ", not " + actual);
        }
    }

    /// Returns runs of 32 KiB, level 3, packs of 16 MiB, a worker for each processor.
    public static PushSettings defaults() {
        int processors = Runtime.getRuntime().availableProcessors();
        return new PushSettings(1 << 15, 3, 1 << 24, processors, 3, true);
    }

    public PushSettings withRunBytes(int bytes) {
        return new PushSettings(bytes, level, packBytes, workers, putsAtOnce, diffId);
    }

    public PushSettings withPackBytes(int bytes) {
        return new PushSettings(runBytes, level, bytes, workers, putsAtOnce, diffId);
    }

    public PushSettings withWorkers(int number) {
        return new PushSettings(runBytes, level, packBytes, number, putsAtOnce, diffId);
    }

    public PushSettings withDiffId(boolean wanted) {
        return new PushSettings(runBytes, level, packBytes, workers, putsAtOnce, wanted);
    }
}

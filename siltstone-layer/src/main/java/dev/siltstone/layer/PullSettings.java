package dev.siltstone.layer;

/// How a layer is read.
///
/// @param windowBytes of the tar that one worker fetches and unpacks at a time, 4 to 64 MiB
/// @param windowsAtOnce under way; each holds up to twice `windowBytes` of memory
public record PullSettings(int windowBytes, int windowsAtOnce) {
    public PullSettings {
        if (windowBytes < Frames.RAW_BYTES_MAX || windowBytes > 1 << 26) {
            throw new IllegalArgumentException("a window has 4 to 64 MiB, not " + windowBytes);
        }
        if (windowsAtOnce < 1 || windowsAtOnce > 256) {
            throw new IllegalArgumentException(
                    "windows at once are 1 to 256, not " + windowsAtOnce);
        }
    }

    /// Returns windows of 8 MiB, two more than processors.
    public static PullSettings defaults() {
        return new PullSettings(1 << 23, Runtime.getRuntime().availableProcessors() + 2);
    }
}

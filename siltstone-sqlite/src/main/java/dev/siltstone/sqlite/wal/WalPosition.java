package dev.siltstone.sqlite.wal;

/// A place between two frames of one generation, from which reading can go on.
///
/// @param header of the generation
/// @param frame the last frame before this place, 0 at the start
/// @param checksum1 first word of the running checksum up to here
/// @param checksum2 second word of it
public record WalPosition(WalHeader header, long frame, int checksum1, int checksum2) {
    public WalPosition {
        if (frame < 0 || frame > WalFormat.FRAMES_MAX) {
            throw new IllegalArgumentException("frame " + frame);
        }
    }

    /// Returns the place behind a frame, with the checksum that stands in it: whoever trusts the frame may
    /// read on from there.
    ///
    /// @throws IllegalArgumentException if the frame is of another generation
    public static WalPosition after(WalHeader header, WalFrame frame) {
        if (!frame.isOf(header)) {
            throw new IllegalArgumentException(frame + " is not of the generation of " + header);
        }
        return new WalPosition(header, frame.number(), frame.checksum1(), frame.checksum2());
    }

    /// Returns the file position of the next frame.
    public long filePosition() {
        return header.filePosition(frame + 1);
    }

    /// Says whether this is the place behind that very frame: same number, generation and running checksum,
    /// so the same content from the generation's start up to here.
    public boolean isAfter(WalFrame last) {
        return last.isOf(header)
                && last.number() == frame
                && last.checksum1() == checksum1
                && last.checksum2() == checksum2;
    }
}

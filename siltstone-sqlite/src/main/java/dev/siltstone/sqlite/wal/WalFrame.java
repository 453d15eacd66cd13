package dev.siltstone.sqlite.wal;

/// The header of one frame, as it stands in the file: nothing about it has been checked.
///
/// @param number of the frame in the file, from 1
/// @param pgno the page this frame holds, from 1
/// @param commitPages pages of the database after the commit that this frame ends; 0 in all other frames
/// @param salt1 of the generation that wrote it
/// @param salt2 of the generation that wrote it
/// @param checksum1 first word of the running checksum up to and with this frame
/// @param checksum2 second word of it
public record WalFrame(
        long number,
        long pgno,
        long commitPages,
        int salt1,
        int salt2,
        int checksum1,
        int checksum2) {
    /// Says whether a frame was written in the generation of that header.
    public boolean isOf(WalHeader header) {
        return salt1 == header.salt1() && salt2 == header.salt2();
    }
}

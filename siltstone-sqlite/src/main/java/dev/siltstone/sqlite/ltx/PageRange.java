package dev.siltstone.sqlite.ltx;

/// A piece of a file that holds whole frames, so that it can be decoded by itself.
///
/// @param start file position of its first frame
/// @param end file position behind its last frame
/// @param firstPgno the first page in it
/// @param lastPgno the last page in it
/// @param pages how many are in it
/// @param entriesHash over page numbers and sizes of its frames, as the index has them
public record PageRange(
        long start, long end, long firstPgno, long lastPgno, long pages, long entriesHash) {
    /// Returns its length in the file.
    public long bytes() {
        return end - start;
    }
}

package dev.siltstone.sqlite.ltx;

import java.util.Optional;

/// The last 16 bytes of a LTX file.
///
/// @param postApplyChecksum of the database after the last transaction; 0 without checksums
/// @param fileChecksum of the file's content before it
public record LtxTrailer(long postApplyChecksum, long fileChecksum) {
    /// Returns what is wrong, with positions relative to the trailer.
    Optional<Wrong> wrong(LtxHeader header) {
        boolean right =
                header.noChecksum()
                        ? postApplyChecksum == 0
                        : header.commit() == 0
                                ? postApplyChecksum == PageChecksum.FLAG
                                : (postApplyChecksum & PageChecksum.FLAG) != 0;
        if (!right) {
            String expected =
                    header.noChecksum()
                            ? "0 in a file without checksums"
                            : header.commit() == 0
                                    ? PageChecksum.text(PageChecksum.FLAG) + ", of no pages"
                                    : "a checksum with its highest bit set";
            return Optional.of(
                    new Wrong(
                            0,
                            "database checksum after",
                            expected,
                            PageChecksum.text(postApplyChecksum)));
        }
        return Optional.empty();
    }
}

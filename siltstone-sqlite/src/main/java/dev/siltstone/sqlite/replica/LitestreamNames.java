package dev.siltstone.sqlite.replica;

import dev.siltstone.objectstore.url.StoreUrl;
import dev.siltstone.rangestore.RangeId;
import dev.siltstone.rangestore.RangeNames;
import dev.siltstone.rangestore.RemoteSettings;
import dev.siltstone.sqlite.ltx.LtxName;
import dev.siltstone.sqlite.ltx.Txid;
import java.util.Optional;

/// Litestream's layouts: how LTX files are named below a replica, or below the meta directory of a database.
/// Positions of ranges are TXIDs.
///
/// | layout  | name of a file                    | used by                                           |
/// |---------|-----------------------------------|---------------------------------------------------|
/// | `FILES` | `ltx/<level>/<min>-<max>.ltx`     | directories, meta directories, all stores but S3  |
/// | `S3`    | `<level, %04x>/<min>-<max>.ltx`   | S3 and what speaks its protocol                   |
///
/// Level 0 has the transactions as they came, 1 to 8 the same merged, 9 snapshots (from TXID 1).
///
/// Beside the bytes a file carries:
///
/// | user metadata          | meaning                                                                   |
/// |------------------------|---------------------------------------------------------------------------|
/// | `litestream-timestamp` | when its last transaction was seen, RFC 3339, UTC; directories: file time |
/// | `siltstone-checksum`   | database checksum after its last transaction, 16 lower hexadecimal digits |
public enum LitestreamNames implements RangeNames {
    FILES {
        @Override
        public String folder(int level) {
            return "ltx/" + level + "/";
        }
    },

    S3 {
        @Override
        public String folder(int level) {
            return "%04x/".formatted(level);
        }
    };

    public static final int LEVELS = 10;
    public static final int SNAPSHOT_LEVEL = 9;

    /// Name of the user metadata that holds the time of a file.
    public static final String TIME_METADATA = "litestream-timestamp";

    /// Name of the user metadata that holds the database's checksum after a file.
    public static final String CHECKSUM_METADATA = "siltstone-checksum";

    /// Returns the layout that a destination gets.
    public static LitestreamNames of(StoreUrl url) {
        return switch (url) {
            case StoreUrl.S3 s3 -> S3;
            case StoreUrl.Directory directory -> FILES;
        };
    }

    /// Returns how files are put, with Litestream's name for their time.
    public static RemoteSettings settings() {
        return RemoteSettings.ofTimeName(TIME_METADATA);
    }

    @Override
    public int levels() {
        return LEVELS;
    }

    @Override
    public String nameOf(RangeId id) {
        return folder(id.level()) + new LtxName(new Txid(id.first()), new Txid(id.last()));
    }

    @Override
    public Optional<RangeId> idOf(String name) {
        int slash = name.lastIndexOf('/') + 1;
        String folder = name.substring(0, slash);
        for (int level = 0; level < LEVELS; level++) {
            if (folder(level).equals(folder)) {
                int found = level;
                return LtxName.parse(name.substring(slash))
                        .map(ltx -> new RangeId(found, ltx.min().value(), ltx.max().value()));
            }
        }
        return Optional.empty();
    }
}

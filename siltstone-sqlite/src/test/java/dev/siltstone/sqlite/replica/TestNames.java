package dev.siltstone.sqlite.replica;

import dev.siltstone.rangestore.RangeId;
import dev.siltstone.rangestore.RangeNames;
import dev.siltstone.sqlite.ltx.LtxName;
import dev.siltstone.sqlite.ltx.Txid;
import java.util.Optional;

final class TestNames implements RangeNames {
    @Override
    public int levels() {
        return 10;
    }

    @Override
    public String folder(int level) {
        return "ltx/" + level + "/";
    }

    @Override
    public String nameOf(RangeId id) {
        return folder(id.level()) + new LtxName(new Txid(id.first()), new Txid(id.last()));
    }

    @Override
    public Optional<RangeId> idOf(String name) {
        String[] parts = name.split("/");
        return LtxName.parse(parts[2])
                .map(n -> new RangeId(Integer.parseInt(parts[1]), n.min().value(), n.max().value()));
    }
}

package dev.siltstone.sqlite.replica;

import static org.assertj.core.api.Assertions.assertThat;

import dev.siltstone.rangestore.RangeId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class LitestreamNamesTest {
    private static final RangeId SNAPSHOT = new RangeId(9, 1, 0xabcdef);

    @Test
    void namesAreLitestreams() {
        assertThat(LitestreamNames.FILES.nameOf(SNAPSHOT))
                .isEqualTo("ltx/9/0000000000000001-0000000000abcdef.ltx");
        assertThat(LitestreamNames.S3.nameOf(SNAPSHOT))
                .isEqualTo("0009/0000000000000001-0000000000abcdef.ltx");
    }

    @ParameterizedTest
    @EnumSource
    void readsWhatItNames(LitestreamNames names) {
        for (int level = 0; level < LitestreamNames.LEVELS; level++) {
            RangeId id = new RangeId(level, 7, -1);

            assertThat(names.idOf(names.nameOf(id))).contains(id);
            assertThat(names.nameOf(id)).startsWith(names.folder(level));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ltx/0/0000000000000001-0000000000000001.ltx.tmp",
                "ltx/0/000000000000000A-000000000000000b.ltx",
                "ltx/0/0000000000000002-0000000000000001.ltx",
                "ltx/0/0000000000000000-0000000000000001.ltx",
                "ltx/10/0000000000000001-0000000000000001.ltx",
                "ltx/00/0000000000000001-0000000000000001.ltx",
                "0000/0000000000000001-0000000000000001.ltx",
                "lock.json",
                "ltx/0/"
            })
    void otherNamesMeanNothing(String name) {
        assertThat(LitestreamNames.FILES.idOf(name)).isEmpty();
    }
}

package dev.siltstone.sqlite.ltx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TxidTest {
    @Test
    void printsSixteenDigitsThatSortAsTheNumbersDo() {
        assertThat(new Txid(0x1aL)).hasToString("000000000000001a");
        assertThat(Txid.MAX).hasToString("ffffffffffffffff").isGreaterThan(new Txid(1L << 62));
        assertThat(new Txid(1L << 63)).isGreaterThan(new Txid(Long.MAX_VALUE));
        assertThat(Txid.max(Txid.MAX, Txid.FIRST)).isEqualTo(Txid.MAX);
        assertThat(Txid.min(Txid.MAX, Txid.FIRST)).isEqualTo(Txid.FIRST);
    }

    @Test
    void parsesOnlyWhatItPrints() {
        assertThat(Txid.parse("fedcba9876543210")).contains(new Txid(0xfedcba9876543210L));
        for (String text :
                new String[] {
                    "", "1", "FEDCBA9876543210", "fedcba987654321g", "00fedcba9876543210"
                }) {
            assertThat(Txid.parse(text)).as(text).isEmpty();
        }
    }

    @Test
    void hasNeighboursButNotBeyondTheEnds() {
        assertThat(Txid.FIRST.previous()).isEqualTo(Txid.ZERO);
        assertThat(Txid.ZERO.next()).isEqualTo(Txid.FIRST);
        assertThatThrownBy(Txid.ZERO::previous).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(Txid.MAX::next).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void namesAreRangesOfTransactions() {
        LtxName name = new LtxName(new Txid(2), new Txid(0x1f));

        assertThat(name).hasToString("0000000000000002-000000000000001f.ltx");
        assertThat(LtxName.parse(name.toString())).contains(name);
        for (String foreign :
                new String[] {
                    "",
                    "0000000000000002-000000000000001f.ltx.tmp",
                    "0000000000000002-000000000000001F.ltx",
                    "0000000000000002_000000000000001f.ltx",
                    "0000000000000003-0000000000000002.ltx",
                    "0000000000000000-0000000000000002.ltx"
                }) {
            assertThat(LtxName.parse(foreign)).as(foreign).isEmpty();
        }
        assertThatThrownBy(() -> new LtxName(new Txid(2), Txid.FIRST))
                .isInstanceOf(IllegalArgumentException.class);
    }
}

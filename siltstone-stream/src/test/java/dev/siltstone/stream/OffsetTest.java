package dev.siltstone.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class OffsetTest {
    @Test
    void readsWhatItWrites() {
        Offset offset = new Offset(42, 1_234_567_890_123_456L);

        assertThat(offset.toString()).isEqualTo("0000000000000042_1234567890123456");
        assertThat(Offset.parse(offset.toString())).contains(offset);
    }

    @Test
    void sortsAsTextLikeAsNumbers() {
        List<Offset> ascending =
                List.of(
                        Offset.BEGINNING,
                        new Offset(1, 0),
                        new Offset(1, 9),
                        new Offset(1, 10),
                        new Offset(2, 0),
                        new Offset(10, 3));

        assertThat(ascending).isSorted();
        assertThat(ascending.stream().map(Offset::toString)).isSorted();
    }

    @Test
    void takesTwoZerosForTheBeginning() {
        assertThat(Offset.parse("0000000000000000_0000000000000000"))
                .contains(Offset.BEGINNING)
                .get()
                .matches(Offset::isBeginning);
        assertThat(new Offset(7, 0).isBeginning()).isFalse();
    }

    @Test
    void refusesEverythingElse() {
        for (String text :
                List.of(
                        "",
                        "-1",
                        "now",
                        "0_0",
                        "000000000000000a_0000000000000000",
                        "0000000000000000-0000000000000000",
                        "0000000000000000_000000000000000 ",
                        "+000000000000000_0000000000000000",
                        "0000000000000000_00000000000000000",
                        "٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠_0000000000000000")) {
            assertThat(Offset.parse(text)).as(text).isEmpty();
        }
    }

    @Test
    void holdsNothingThatDoesNotFit() {
        assertThatThrownBy(() -> new Offset(-1, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Offset(0, 10_000_000_000_000_000L))
                .isInstanceOf(IllegalArgumentException.class);
    }
}

package dev.siltstone.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.siltstone.sqlite.ltx.Txid;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.TypeConversionException;

final class DbArgumentsTest {
    @Test
    void takesTransactionsWithAndWithoutLeadingZeros() {
        var converter = new DbRestoreCommand.TxidConverter();
        assertThat(converter.convert("1f")).isEqualTo(new Txid(0x1f));
        assertThat(converter.convert("00000000000000AB")).isEqualTo(new Txid(0xab));
        assertThat(converter.convert("ffffffffffffffff")).isEqualTo(Txid.MAX);
        for (String wrong : new String[] {"", "0", "g", "-1", "00000000000000001"}) {
            assertThatThrownBy(() -> converter.convert(wrong))
                    .as(wrong)
                    .isInstanceOf(TypeConversionException.class);
        }
    }

    @Test
    void takesTimesWithAnyOffset() {
        var converter = new DbRestoreCommand.TimeConverter();
        assertThat(converter.convert("2030-01-31T12:00:00+02:00"))
                .isEqualTo(Instant.parse("2030-01-31T10:00:00Z"));
        assertThatThrownBy(() -> converter.convert("2030-01-31"))
                .isInstanceOf(TypeConversionException.class)
                .hasMessageContaining("RFC 3339");
    }

    @Test
    void meansTheSameDirectoryFromEverywhere() {
        assertThat(ReplicaUrl.of("backups/app").text()).startsWith("/").endsWith("/backups/app");
        assertThat(ReplicaUrl.of("file:///var/a%20b").text()).isEqualTo("/var/a b");
        String s3 = "s3://bucket/path?endpoint=http://127.0.0.1:9000&path-style=true";
        assertThat(ReplicaUrl.of(s3).text()).isEqualTo(s3);
    }

    @Test
    void writesAmountsForPeople() {
        assertThat(Amount.bytes(812)).isEqualTo("812 bytes");
        assertThat(Amount.bytes(1_610_612_736)).isEqualTo("1.5 GiB");
        assertThat(Amount.time(Duration.ofSeconds(185))).isEqualTo("3 min 5 s");
        assertThat(Amount.time(Duration.ofMinutes(130))).isEqualTo("2 h 10 min");
    }
}

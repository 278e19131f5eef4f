using UpcallActors.Daemon.Configuration;

namespace UpcallActors.Daemon.Tests.Configuration;

/// <summary>HOCON's units of time and size.</summary>
public sealed class ConfigurationUnitsTests
{
    [Theory]
    [InlineData("500", 500)]
    [InlineData("500ms", 500)]
    [InlineData(" 10 s ", 10_000)]
    [InlineData("1.5 minutes", 90_000)]
    [InlineData("2h", 7_200_000)]
    [InlineData("1d", 86_400_000)]
    [InlineData("250000 us", 250)]
    [InlineData("1000000ns", 1)]
    public void A_duration_is_read_as_milliseconds(string text, int milliseconds)
    {
        ConfigurationUnits.TryParseDuration(text, out decimal value).ShouldBeTrue();
        value.ShouldBe(milliseconds);
    }

    [Theory]
    [InlineData("4096", 4096)]
    [InlineData("4MiB", 4 << 20)]
    [InlineData("4M", 4 << 20)]
    [InlineData("4 MB", 4_000_000)]
    [InlineData("0.5 KiB", 512)]
    [InlineData("1kB", 1000)]
    [InlineData("1k", 1024)]
    [InlineData("7B", 7)]
    public void A_size_is_read_as_bytes(string text, int bytes)
    {
        ConfigurationUnits.TryParseSize(text, out decimal value).ShouldBeTrue();
        value.ShouldBe(bytes);
    }

    [Theory]
    [InlineData("")]
    [InlineData("s")]
    [InlineData(".")]
    [InlineData("1.2.3s")]
    [InlineData("-1s")]
    [InlineData("1 S")]
    [InlineData("1s 2ms")]
    [InlineData("1e3s")]
    [InlineData("99999999999999999999999999999999d")]
    public void What_is_no_duration_is_refused(string text) => ConfigurationUnits.TryParseDuration(text, out _).ShouldBeFalse();

    [Theory]
    [InlineData("KB")]
    [InlineData("1mib")]
    [InlineData("1 bit")]
    [InlineData("0x10")]
    public void What_is_no_size_is_refused(string text) => ConfigurationUnits.TryParseSize(text, out _).ShouldBeFalse();
}

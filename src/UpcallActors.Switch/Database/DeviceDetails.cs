using System.Collections.Immutable;
using System.Globalization;
using UpcallActors.Linux;
using UpcallActors.Odp;

namespace UpcallActors.Switch;

/// <summary>What the host says of a device beside its state.</summary>
/// <param name="Driver">Its driver, as column <c>status</c> has it.</param>
/// <param name="BitsPerSecond">Its speed; 0 when it has none, or none is known.</param>
/// <param name="IsFullDuplex">Whether it sends and receives at the same time.</param>
internal sealed record DeviceDetails(ImmutableArray<KeyValuePair<string, string>> Driver, long BitsPerSecond, bool IsFullDuplex)
{
    private const long BitsOfMegabit = 1_000_000;

    /// <summary>Nothing is known.</summary>
    public static DeviceDetails None { get; } = new([], 0, false);

    /// <summary>Asks the host.</summary>
    public static DeviceDetails Of(InterfaceState one)
    {
        if (one.Device is not { } device || one.IfIndex == 0)
            return None;
        if (one.Kind == PortKind.Internal)
            return None with { Driver = [KeyValuePair.Create("driver_name", "openvswitch")] };
        long speed = long.TryParse(Read(device, "speed"), NumberStyles.None, CultureInfo.InvariantCulture, out long megabits)
            ? megabits * BitsOfMegabit : 0;
        return new DeviceDetails(
            DeviceDriver.Find(device) is not { } driver
                ? []
                : [
                    KeyValuePair.Create("driver_name", driver.Name),
                    KeyValuePair.Create("driver_version", driver.Version),
                    KeyValuePair.Create("firmware_version", driver.Firmware),
                ],
            speed,
            Read(device, "duplex") == "full");
    }

    /// <summary>A device that has no such thing refuses to be read.</summary>
    private static string? Read(string device, string file)
    {
        try
        {
            return File.ReadAllText($"/sys/class/net/{device}/{file}").Trim();
        }
        catch (Exception absent) when (absent is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}

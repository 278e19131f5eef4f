using System.Globalization;
using UpcallActors.OpenFlow;
using UpcallActors.Ovsdb;

namespace UpcallActors.Switch;

/// <summary>What table <c>Controller</c> is told (<c>refresh_controller_status</c>).</summary>
internal static class ControllerColumns
{
    /// <summary>Writes what differs. A place where clients come to is not connected, and has no more to say.</summary>
    public static void Write(
        OvsdbCache cache, DatabaseContents contents, ControllerStatuses statuses, TimeProvider time, OvsdbTransaction transaction)
    {
        if (cache.Table("Controller") is not { } table)
            return;
        foreach (((string bridge, string target), Guid uuid) in contents.Controllers)
        {
            if (table.Find(uuid) is not { } row)
                continue;
            ControllerStatus? status = statuses.Find(bridge, target);
            transaction.Set(table, row, "is_connected", OvsdbDatum.Of(status?.IsConnected == true));
            transaction.Set(table, row, "role", status is null ? OvsdbDatum.Empty : OvsdbDatum.Of(NameOf(status.Role)));
            transaction.Set(table, row, "status", OvsdbDatum.MapOf(status is null ? [] : Entries(status, time)));
        }
    }

    private static string NameOf(ControllerRole role) => role switch
    {
        ControllerRole.Primary => "master",
        ControllerRole.Secondary => "slave",
        _ => "other",
    };

    private static IEnumerable<KeyValuePair<string, string>> Entries(ControllerStatus status, TimeProvider time)
    {
        string Seconds(long since) => ((long)time.GetElapsedTime(since).TotalSeconds).ToString(CultureInfo.InvariantCulture);
        yield return KeyValuePair.Create("state", status.State);
        if (status.LastError is { } error)
            yield return KeyValuePair.Create("last_error", error);
        if (status.Connected is { } connected)
            yield return KeyValuePair.Create("sec_since_connect", Seconds(connected));
        if (status.Disconnected is { } disconnected)
            yield return KeyValuePair.Create("sec_since_disconnect", Seconds(disconnected));
    }
}

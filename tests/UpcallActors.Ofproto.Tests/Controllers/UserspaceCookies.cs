using UpcallActors.Linux;
using UpcallActors.Odp;

namespace UpcallActors.Ofproto.Tests;

/// <summary>The cookies of a list's userspace actions, clones included.</summary>
internal static class UserspaceCookies
{
    public static List<UserspaceCookie> Of(ReadOnlySpan<byte> actions)
    {
        var found = new List<UserspaceCookie>();
        foreach (NetlinkAttribute action in new NetlinkAttributes(actions))
        {
            if (action.Type == OvsActionAttribute.Clone)
                found.AddRange(Of(action.Payload));
            if (action.Type != OvsActionAttribute.Userspace)
                continue;
            new NetlinkAttributes(action.Payload).TryFindLast(OvsUserspaceAttribute.UserData, out NetlinkAttribute data).ShouldBeTrue();
            UserspaceCookie.TryRead(data.Payload, out UserspaceCookie cookie).ShouldBeTrue();
            found.Add(cookie);
        }

        return found;
    }
}

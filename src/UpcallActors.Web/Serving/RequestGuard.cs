using System.Net;
using Microsoft.AspNetCore.Http;

namespace UpcallActors.Web;

/// <summary>
/// Who may ask. There is no password: what protects the page is where it listens. So a browser must not ask on behalf of another site:
/// neither under a name that resolves to this machine (DNS rebinding), nor from that site's page.
/// </summary>
internal static class RequestGuard
{
    /// <summary>The headers of every answer: only content of this server is loaded or run, and no other page may frame it.</summary>
    public static void AddHeaders(IHeaderDictionary headers)
    {
        headers.ContentSecurityPolicy =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action "
                + "'none'; frame-ancestors 'none'";
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
    }

    /// <summary>Why a request is refused, with the status; null when it is not.</summary>
    public static (int Status, string Reason)? Refuse(HttpRequest request, bool isLoopback)
    {
        if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method))
            return (StatusCodes.Status405MethodNotAllowed, "nothing can be changed here");
        if (!IsThisMachine(request.Host.Host, isLoopback))
            return (StatusCodes.Status403Forbidden, isLoopback
                ? "this is served under the names of the loopback interface alone"
                : "this is served under addresses and this machine's name alone");
        string site = request.Headers["Sec-Fetch-Site"].ToString();
        bool isForeign = site is not ("" or "same-origin" or "none");
        // A link to the page works; a script in another site's page gets nothing.
        return isForeign && request.Headers["Sec-Fetch-Mode"] != "navigate"
            ? (StatusCodes.Status403Forbidden, "another site's page cannot read this")
            : null;
    }

    /// <summary>An address is what it says; of names, others than these can be made to mean this machine.</summary>
    private static bool IsThisMachine(string host, bool isLoopback) => IPAddress.TryParse(host, out IPAddress? address)
        ? !isLoopback || IPAddress.IsLoopback(address)
        : host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || (!isLoopback && host.Equals(Environment.MachineName, StringComparison.OrdinalIgnoreCase));
}

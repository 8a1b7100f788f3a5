using Forebay.SharingHost;

// Words: data directory, folder of the segment, name, method, work, operations, seed, sessions, pool pages.
HostArguments arguments = HostArguments.Parse(args);
Orders orders = new();
if (StormMember.Does(arguments.Work))
{
    using StormMember storm = new(arguments, orders);
    Console.WriteLine("ready");
    orders.Take();
    storm.Run();
    Console.WriteLine(storm.Result);
    orders.TakeLast();
    return;
}

if (HoldingMember.Does(arguments.Work))
{
    using HoldingMember holder = new(arguments);
    Console.WriteLine("ready");
    orders.Take();
    if (arguments.Operations > 0)
        Successor.Take("/bin/sleep", "1000");
    return;
}

switch (arguments.Work)
{
    case "visit":
        new Visitor(arguments, orders).Run();
        return;
    case "follow":
        using (Follower follower = new(arguments, orders))
            follower.Run();
        return;
    case "many":
        using (ManySessions many = new(arguments, orders))
            many.Run();
        return;
    default:
        break;
}

using Member member = new(arguments);
Console.WriteLine("ready");
orders.Take(); // all members begin together
member.Run();
Console.WriteLine($"done reads={member.Reads} changes={member.Changes}");
orders.Take(); // and nobody leaves before all are done

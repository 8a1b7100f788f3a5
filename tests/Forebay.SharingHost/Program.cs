using Forebay.SharingHost;

// Words: data directory, folder of the segment, name, method, work, operations, seed, sessions, pool pages.
HostArguments arguments = HostArguments.Parse(args);
Orders orders = new();
using Member member = new(arguments);
Console.WriteLine("ready");
orders.Take(); // all members begin together
member.Run();
Console.WriteLine($"done reads={member.Reads} changes={member.Changes}");
orders.Take(); // and nobody leaves before all are done
